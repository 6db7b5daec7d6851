import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';

const STOPS_MAX = 300;
const MARGIN_PX = 8;

/** What has the focus: its name, where it leads, and where in the page it is of its kind. */
interface Stop {
  readonly name: string;
  readonly href: string;
  readonly kind: string;
  readonly isBody: boolean;
}

const FOCUSED = `(() => {
  const e = document.activeElement;
  const place = e.closest('section, nav, form, footer, figure, table, header, details');
  return {
    name: (e.getAttribute('aria-label') ?? (e.querySelector('title') ?? e).textContent ?? '').trim().replace(/\\s+/g, ' '),
    href: e.getAttribute('href') ?? '',
    kind: [e.localName, e.getAttribute('class'), place?.localName, place?.getAttribute('aria-label') ?? place?.getAttribute('aria-labelledby')].join(' '),
    isBody: e === document.body || e === document.documentElement,
  };
})()`;
const BOX = `(() => {
  const { x, y, width, height } = document.activeElement.getBoundingClientRect();
  return { x, y, width, height };
})()`;
const BLUR = `window.hadFocus = document.activeElement, window.hadFocus.blur()`;
const FOCUS_AGAIN = `window.hadFocus.focus({ preventScroll: true })`;

/** Goes through a page with the keyboard, and sees that the focus can be seen wherever it is. */
export class Keys {
  readonly page: Page;
  readonly #looked = new Set<string>();

  constructor(page: Page) {
    this.page = page;
  }

  /** Tab, again and again, until this has the focus. Whoever comes back to where they were does not find it. */
  async tabTo(is: (stop: Stop) => boolean): Promise<Stop> {
    for (let i = 0; i < STOPS_MAX; i++) {
      const stop = await this.tab();
      if (is(stop)) return stop;
    }
    return assert.fail(`not reached in ${STOPS_MAX} steps`);
  }

  /** One step. Of each kind of thing, the first that gets the focus must look otherwise than without it. */
  async tab(): Promise<Stop> {
    await this.page.keyboard.press('Tab');
    const stop = (await this.page.evaluate(FOCUSED)) as Stop;
    const kind = `${new URL(this.page.url()).pathname} ${stop.kind}`;
    if (!stop.isBody && !this.#looked.has(kind)) {
      this.#looked.add(kind);
      assert.ok(await this.#isSeen(), `the focus is not seen on ${stop.name} (${stop.kind})`);
    }
    return stop;
  }

  async enter(): Promise<void> {
    await this.page.keyboard.press('Enter');
  }

  async #isSeen(): Promise<boolean> {
    const box = (await this.page.evaluate(BOX)) as { x: number; y: number; width: number; height: number };
    const { width, height } = this.page.viewportSize() ?? { width: 0, height: 0 };
    const [left, top] = [Math.max(0, box.x - MARGIN_PX), Math.max(0, box.y - MARGIN_PX)];
    const clip = {
      x: left,
      y: top,
      width: Math.min(width, box.x + box.width + MARGIN_PX) - left,
      height: Math.min(height, box.y + box.height + MARGIN_PX) - top,
    };
    if (clip.width <= 0 || clip.height <= 0) return false;
    const focused = await this.page.screenshot({ clip });
    await this.page.evaluate(BLUR);
    const without = await this.page.screenshot({ clip });
    await this.page.evaluate(FOCUS_AGAIN);
    return !focused.equals(without);
  }
}
