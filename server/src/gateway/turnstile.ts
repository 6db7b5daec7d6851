/** Gives each of its places to one at a time, the one that was free the longest first. Who finds none free waits, in order. */
export class Turnstile<Place> {
  readonly #free: Place[];
  readonly #waiting: ((place: Place) => void)[] = [];

  constructor(places: readonly Place[]) {
    this.#free = [...places];
  }

  /** Resolves once there is a place. It must then be left. */
  enter(): Promise<Place> {
    return new Promise(resolve => {
      const place = this.#free.shift();
      if (place === undefined) this.#waiting.push(resolve);
      else resolve(place);
    });
  }

  leave(place: Place): void {
    const next = this.#waiting.shift();
    if (next) next(place);
    else this.#free.push(place);
  }
}
