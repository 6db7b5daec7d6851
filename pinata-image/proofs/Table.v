(** The function of [Release.v] as a finite table, with a proof that nothing is left out of it. *)

From Coq Require Import List.
From Pinata Require Import Release.
Import ListNotations.

Definition states : list state := [Closed; Handshaking; ChainVerified; PossessionVerified; Released; Dead].

Definition events : list event :=
  [Open; Bytes; ChainOk; PossessionOk; FinishedOk; Error; Timeout; Close; Sent].

Definition row : Type := state * event * state * action.

Definition row_of (from : state * event) : row :=
  let (s, e) := from in (s, e, fst (step s e), snd (step s e)).

Definition table : list row := map row_of (list_prod states events).

(** The table leaves no state and no event out. *)
Theorem table_is_complete : forall s e, In (s, e, fst (step s e), snd (step s e)) table.
Proof.
  intros s e. apply (in_map row_of _ (s, e)).
  apply in_prod; [destruct s | destruct e]; simpl; tauto.
Qed.

(** It has as many rows as there are pairs of a state and an event. *)
Theorem table_has_54_rows : length table = 54.
Proof. reflexivity. Qed.
