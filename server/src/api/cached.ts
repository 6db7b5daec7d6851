/** Wraps a question so that it is asked at most once per `ttlMs`, however many want the answer. A failure is not kept. */
export function cached<T>(ttlMs: number, ask: () => Promise<T>, now: () => number = Date.now): () => Promise<T> {
  let held: { at: number; answer: Promise<T> } | null = null;
  return () => {
    if (held && now() - held.at < ttlMs) return held.answer;
    const answer = ask();
    const mine = { at: now(), answer };
    held = mine;
    answer.catch(() => {
      if (held === mine) held = null;
    });
    return answer;
  };
}

/** The same per key, for at most `keys` keys; the one asked longest ago is forgotten first. */
export function cachedBy<K, T>(
  ttlMs: (key: K) => number,
  keys: number,
  ask: (key: K) => Promise<T>,
  now: () => number = Date.now,
): (key: K) => Promise<T> {
  const held = new Map<string, () => Promise<T>>();
  return key => {
    const name = JSON.stringify(key);
    const answer = held.get(name) ?? cached(ttlMs(key), () => ask(key), now);
    held.delete(name);
    held.set(name, answer);
    const [oldest] = held.keys();
    if (held.size > keys && oldest !== undefined) held.delete(oldest);
    return answer();
  };
}
