import { nowMicros } from '../wire/ids.ts';
import type { Spool } from './spool.ts';

const BEAT_MS = 1000;

/** Appends a beat each second: what a reader takes the spool's clock from. Answers how to stop it. */
export function startBeat(spool: Spool): () => void {
  const beat = () => spool.append({ kind: 'beat', t: nowMicros() });
  beat();
  const timer = setInterval(beat, BEAT_MS);
  return () => clearInterval(timer);
}
