(** The release automaton of [gate/src/lib.rs], and what holds of it over all traces.

    Definitions come first: states, events and [step] carry the names that the Rust crate has, in its order. [Export.v] prints
    this [step] as a table, and a Rust test compares the compiled function with that table row by row. The theorems follow,
    one section for each claim. Nothing here speaks about TLS: that events are raised only when they are true is tested
    elsewhere, not proved. *)

From Coq Require Import List.
Import ListNotations.

(** * The automaton *)

Inductive state := Closed | Handshaking | ChainVerified | PossessionVerified | Released | Dead.

Inductive event := Open | Bytes | ChainOk | PossessionOk | FinishedOk | Error | Timeout | Close | Sent.

Inductive action := None | Release.

Definition step (s : state) (e : event) : state * action :=
  match s, e with
  | PossessionVerified, FinishedOk => (Released, Release)
  | (Closed | Dead), Open => (Handshaking, None)
  | Handshaking, ChainOk => (ChainVerified, None)
  | ChainVerified, PossessionOk => (PossessionVerified, None)
  | Closed, _ => (Closed, None)
  | Dead, _ => (Dead, None)
  | live, (Bytes | Sent) => (live, None)
  | _, Close => (Closed, None)
  | _, (Open | ChainOk | PossessionOk | FinishedOk) => (Dead, None)
  | _, (Error | Timeout) => (Dead, None)
  end.

(** * Traces *)

(** A trace is what happened to one gate, the oldest event first. *)
Definition trace := list event.

(** The state after a trace, from a given state. *)
Fixpoint after (s : state) (t : trace) : state :=
  match t with
  | [] => s
  | e :: rest => after (fst (step s e)) rest
  end.

(** The actions of a trace, one for each event, from a given state. *)
Fixpoint actions (s : state) (t : trace) : list action :=
  match t with
  | [] => []
  | e :: rest => snd (step s e) :: actions (fst (step s e)) rest
  end.

(** Every gate begins closed. *)
Definition reached (t : trace) : state := after Closed t.

(** The event [e], coming after the trace [t], lets the secret go. *)
Definition releases (t : trace) (e : event) : Prop := snd (step (reached t) e) = Release.

Definition is_release (a : action) : bool := match a with Release => true | None => false end.
Definition is_open (e : event) : bool := match e with Open => true | _ => false end.

(** How many releases, or opens, there are in a list. *)
Definition count_releases (l : list action) : nat := length (filter is_release l).
Definition count_opens (t : trace) : nat := length (filter is_open t).

(** Nothing but bytes coming and going: in particular no open, error, timeout or close, and no proof. *)
Definition quiet (t : trace) : Prop := Forall (fun e => e = Bytes \/ e = Sent) t.

(** What a release needs before its [FinishedOk]: a gate that was closed or dead, and since its open, the last one,
    [ChainOk], then [PossessionOk], each exactly once and in this order, with only bytes around them. *)
Inductive earned : trace -> Prop :=
| Earned (before q0 q1 q2 : trace) :
    reached before = Closed \/ reached before = Dead ->
    quiet q0 -> quiet q1 -> quiet q2 ->
    earned (before ++ [Open] ++ q0 ++ [ChainOk] ++ q1 ++ [PossessionOk] ++ q2).

(** * Small facts *)

Lemma after_app : forall t u s, after s (t ++ u) = after (after s t) u.
Proof. induction t as [| e t IH]; intros u s; simpl; auto. Qed.

Lemma actions_app : forall t u s, actions s (t ++ u) = actions s t ++ actions (after s t) u.
Proof. induction t as [| e t IH]; intros u s; simpl; [| rewrite IH]; reflexivity. Qed.

Lemma reached_snoc : forall t e, reached (t ++ [e]) = fst (step (reached t) e).
Proof. intros t e. unfold reached. rewrite after_app. reflexivity. Qed.

Lemma quiet_keeps : forall q s, quiet q -> after s q = s.
Proof.
  induction q as [| e q IH]; intros s Q; [reflexivity |].
  inversion Q as [| ? ? E Q']; subst. simpl. rewrite IH by assumption.
  destruct E; subst; destruct s; reflexivity.
Qed.

Lemma quiet_snoc : forall q e, quiet q -> e = Bytes \/ e = Sent -> quiet (q ++ [e]).
Proof. intros q e Q E. apply Forall_app. split; [assumption | constructor; [assumption | constructor]]. Qed.

(** How each of the three states between an open and a release came to be. *)
Definition came_to (s : state) (t : trace) : Prop :=
  match s with
  | Handshaking => exists before q0,
      t = before ++ [Open] ++ q0
      /\ (reached before = Closed \/ reached before = Dead) /\ quiet q0
  | ChainVerified => exists before q0 q1,
      t = before ++ [Open] ++ q0 ++ [ChainOk] ++ q1
      /\ (reached before = Closed \/ reached before = Dead) /\ quiet q0 /\ quiet q1
  | PossessionVerified => earned t
  | _ => True
  end.

Ltac regroup := repeat (simpl; rewrite <- app_assoc); simpl.

Lemma every_trace_came_to : forall t, came_to (reached t) t.
Proof.
  intro t. induction t as [| e t IH] using rev_ind; [exact I |].
  rewrite reached_snoc. destruct (reached t) eqn:R; destruct e; try exact I; simpl in IH |- *.
  - (* Closed, Open *)
    exists t, []. repeat split; [left; assumption | constructor].
  - (* Handshaking, Bytes *)
    destruct IH as (b & q0 & -> & B & Q0). exists b, (q0 ++ [Bytes]). regroup. repeat split; auto using quiet_snoc.
  - (* Handshaking, ChainOk *)
    destruct IH as (b & q0 & -> & B & Q0). exists b, q0, []. regroup. repeat split; auto. constructor.
  - (* Handshaking, Sent *)
    destruct IH as (b & q0 & -> & B & Q0). exists b, (q0 ++ [Sent]). regroup. repeat split; auto using quiet_snoc.
  - (* ChainVerified, Bytes *)
    destruct IH as (b & q0 & q1 & -> & B & Q0 & Q1). exists b, q0, (q1 ++ [Bytes]).
    regroup. repeat split; auto using quiet_snoc.
  - (* ChainVerified, PossessionOk *)
    destruct IH as (b & q0 & q1 & -> & B & Q0 & Q1). regroup.
    apply (Earned b q0 q1 []); auto. constructor.
  - (* ChainVerified, Sent *)
    destruct IH as (b & q0 & q1 & -> & B & Q0 & Q1). exists b, q0, (q1 ++ [Sent]).
    regroup. repeat split; auto using quiet_snoc.
  - (* PossessionVerified, Bytes *)
    destruct IH as [b q0 q1 q2 B Q0 Q1 Q2]. regroup.
    apply (Earned b q0 q1 (q2 ++ [Bytes])); auto using quiet_snoc.
  - (* PossessionVerified, Sent *)
    destruct IH as [b q0 q1 q2 B Q0 Q1 Q2]. regroup.
    apply (Earned b q0 q1 (q2 ++ [Sent])); auto using quiet_snoc.
  - (* Dead, Open *)
    exists t, []. repeat split; [right; assumption | constructor].
Qed.

(** * 1. A release is earned *)

(** A release happens at [FinishedOk] and nowhere else, and only if, since the last open, there came [ChainOk], then
    [PossessionOk], in this order, with no error, timeout, close or further open between. *)
Theorem release_is_earned : forall t e, releases t e -> e = FinishedOk /\ earned t.
Proof.
  intros t e R. unfold releases in R. pose proof (every_trace_came_to t) as C.
  destruct (reached t); destruct e; simpl in R; try discriminate. auto.
Qed.

(** The same in the words of the claim, without [earned]: the trace splits at its last open; what follows that open
    contains the two proofs in order, and none of the events that spoil a handshake. *)
Theorem release_follows_its_proofs : forall t e, releases t e ->
  e = FinishedOk /\
  exists before since, t = before ++ [Open] ++ since
    /\ (exists x y z, since = x ++ [ChainOk] ++ y ++ [PossessionOk] ++ z)
    /\ ~ In Open since /\ ~ In Error since /\ ~ In Timeout since /\ ~ In Close since.
Proof.
  intros t e R. destruct (release_is_earned t e R) as [E [b q0 q1 q2 B Q0 Q1 Q2]].
  split; [assumption |]. exists b, (q0 ++ [ChainOk] ++ q1 ++ [PossessionOk] ++ q2).
  assert (Only : Forall (fun e => e = Bytes \/ e = Sent \/ e = ChainOk \/ e = PossessionOk)
                        (q0 ++ [ChainOk] ++ q1 ++ [PossessionOk] ++ q2)).
  { repeat (apply Forall_app; split); try (repeat constructor; tauto);
      (eapply Forall_impl; [| eassumption]); simpl; tauto. }
  rewrite Forall_forall in Only.
  repeat split; eauto; intro H; apply Only in H; intuition discriminate.
Qed.

(** * 2. At most one release per open *)

(** How many releases may still come before the next open. *)
Definition still_possible (s : state) : nat :=
  match s with Closed | Released | Dead => 0 | Handshaking | ChainVerified | PossessionVerified => 1 end.

Lemma no_open_no_second : forall t s, ~ In Open t -> count_releases (actions s t) <= still_possible s.
Proof.
  unfold count_releases. induction t as [| e t IH]; intros s N; [apply le_0_n |].
  specialize (IH (fst (step s e)) (fun later => N (or_intror later))).
  destruct s, e; simpl in *; try tauto; auto using le_n_S.
Qed.

(** From an open up to the next one there is at most one release, whatever came before that open. *)
Theorem at_most_one_release_per_open : forall before since, ~ In Open since ->
  count_releases (actions (reached before) (Open :: since)) <= 1.
Proof.
  intros before since N. pose proof (no_open_no_second since (fst (step (reached before) Open)) N) as H.
  unfold count_releases in *. destruct (reached before); simpl in *; auto.
Qed.

(** Over a whole trace there are never more releases than opens; without an open there is none. *)
Theorem releases_never_exceed_opens : forall t, count_releases (actions Closed t) <= count_opens t.
Proof.
  assert (H : forall t s, count_releases (actions s t) <= still_possible s + count_opens t).
  { unfold count_releases, count_opens. induction t as [| e t IH]; intro s; [apply le_0_n |].
    specialize (IH (fst (step s e))). destruct s, e; simpl in *; auto using le_n_S. }
  intro t. exact (H t Closed).
Qed.

(** * 3. Dead admits only open *)

(** In [Dead], [Open] begins a new handshake, and every other event changes nothing and releases nothing. *)
Theorem dead_admits_only_open : forall e,
  step Dead e = (match e with Open => Handshaking | _ => Dead end, None).
Proof. destruct e; reflexivity. Qed.

(** Once dead, a gate stays dead and lets nothing go, through any trace that has no open. *)
Theorem dead_stays_dead : forall t u, reached t = Dead -> ~ In Open u ->
  reached (t ++ u) = Dead /\ count_releases (actions (reached t) u) = 0.
Proof.
  intros t u D. unfold reached. rewrite after_app. fold (reached t). rewrite D. clear D.
  unfold count_releases. induction u as [| e u IH]; intro N; simpl; [auto |].
  destruct e; simpl in *; tauto.
Qed.

(** * 4. The honest trace does release *)

(** A closed or dead gate that sees an open and then the three proofs in order, with only bytes between, does release. *)
Theorem honest_trace_releases : forall t, earned t -> releases t FinishedOk.
Proof.
  intros t [before q0 q1 q2 B Q0 Q1 Q2]. unfold releases, reached.
  rewrite !after_app. fold (reached before).
  destruct B as [-> | ->]; simpl; rewrite ?quiet_keeps by assumption; simpl;
    rewrite ?quiet_keeps by assumption; simpl; rewrite ?quiet_keeps by assumption; reflexivity.
Qed.

(** The shortest honest trace: so the theorems above are not about an automaton that never releases. *)
Theorem shortest_honest_trace_releases :
  actions Closed [Open; ChainOk; PossessionOk; FinishedOk] = [None; None; None; Release].
Proof. reflexivity. Qed.

(** Claims 1 and 4 together: these are the releases, all of them and no others. *)
Theorem release_exactly_when_earned : forall t e, releases t e <-> e = FinishedOk /\ earned t.
Proof.
  intros t e. split; [apply release_is_earned | intros [-> E]; apply honest_trace_releases; assumption].
Qed.

(** * 5. Connections are independent *)

(** Two connections, each with a gate of its own, whose events come in any interleaving. *)
Inductive connection := Left | Right.

Definition interleaving := list (connection * event).

Record gates := Gates { left : state; right : state }.

Definition gate_of (c : connection) (g : gates) : state :=
  match c with Left => left g | Right => right g end.

(** An event goes to the gate of its connection, and that gate alone answers. *)
Definition step_of (g : gates) (c : connection) (e : event) : gates * action :=
  match c with
  | Left => let (s, a) := step (left g) e in (Gates s (right g), a)
  | Right => let (s, a) := step (right g) e in (Gates (left g) s, a)
  end.

Fixpoint both_after (g : gates) (t : interleaving) : gates :=
  match t with
  | [] => g
  | (c, e) :: rest => both_after (fst (step_of g c e)) rest
  end.

(** The actions of an interleaving, each with the connection that it belongs to. *)
Fixpoint both_actions (g : gates) (t : interleaving) : list (connection * action) :=
  match t with
  | [] => []
  | (c, e) :: rest => (c, snd (step_of g c e)) :: both_actions (fst (step_of g c e)) rest
  end.

Definition same (c d : connection) : bool :=
  match c, d with Left, Left | Right, Right => true | _, _ => false end.

(** What belongs to one connection. *)
Definition project {A : Type} (c : connection) (l : list (connection * A)) : list A :=
  map snd (filter (fun entry => same c (fst entry)) l).

(** However two connections interleave, each has the state and the actions of its own events run alone. *)
Theorem connections_are_independent : forall c t g,
  gate_of c (both_after g t) = after (gate_of c g) (project c t) /\
  project c (both_actions g t) = actions (gate_of c g) (project c t).
Proof.
  intros c t. unfold project. induction t as [| [d e] t IH]; intro g; [auto |].
  simpl. specialize (IH (fst (step_of g d e))). destruct IH as [-> IH].
  destruct c, d; simpl in *; rewrite IH; unfold step_of;
    try destruct (step (left g) e); try destruct (step (right g) e); auto.
Qed.

(** So nothing that another connection does, or when it does it, changes what one connection is let have. *)
Theorem others_cannot_interfere : forall c t u g,
  project c t = project c u -> project c (both_actions g t) = project c (both_actions g u).
Proof.
  intros c t u g E. destruct (connections_are_independent c t g) as [_ ->].
  destruct (connections_are_independent c u g) as [_ ->]. rewrite E. reflexivity.
Qed.
