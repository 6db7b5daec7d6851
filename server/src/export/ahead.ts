/** The same items, of which the next is already being made while one is worked on. */
export async function* ahead<T>(items: AsyncGenerator<T, void, void>): AsyncGenerator<T, void, void> {
  let next = items.next();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = items.next();
      // Its failure is for whoever asks for it; if nobody does, it is nobody's.
      next.catch(() => undefined);
      yield value;
    }
  } finally {
    await items.return();
  }
}
