(** Prints the table in the form of [vectors/gate.txt]: one row for each state and event, in the order of their definitions,
    with the names that Rust's [Debug] prints. There is nothing to prove here: [check.sh] compares the text. *)

From Coq Require Import List String Ascii.
From Pinata Require Import Release Table.
Local Open Scope string_scope.

Definition state_name (s : state) : string :=
  match s with
  | Closed => "Closed"
  | Handshaking => "Handshaking"
  | ChainVerified => "ChainVerified"
  | PossessionVerified => "PossessionVerified"
  | Released => "Released"
  | Dead => "Dead"
  end.

Definition event_name (e : event) : string :=
  match e with
  | Open => "Open"
  | Bytes => "Bytes"
  | ChainOk => "ChainOk"
  | PossessionOk => "PossessionOk"
  | FinishedOk => "FinishedOk"
  | Error => "Error"
  | Timeout => "Timeout"
  | Close => "Close"
  | Sent => "Sent"
  end.

Definition action_name (a : action) : string :=
  match a with None => "None" | Release => "Release" end.

Definition newline : string := String (ascii_of_nat 10) "".

Definition line (r : row) : string :=
  let '(s, e, next, a) := r in
  state_name s ++ " " ++ event_name e ++ " " ++ state_name next ++ " " ++ action_name a ++ newline.

Definition heading : string :=
  "# state event next action: every row of the release automaton (6 states x 9 events)" ++ newline.

Definition document : string := heading ++ String.concat "" (map line table).

Compute document.
