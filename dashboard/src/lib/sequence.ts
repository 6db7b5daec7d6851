import type { Flow, Step, Stop } from './generated/api.ts';
import { remarkOf, senderOf, stopWords, titleOf } from './steps.ts';

/** Places of a sequence diagram, in CSS pixels. Pure: the same flow and width give the same picture. */

/** Widths of characters that are on the safe side for the faces of the page at 15 and 13 px. */
const TITLE_CHARACTER = 8.2;
const REMARK_CHARACTER = 6.9;
const TITLE_LINE = 19;
const REMARK_LINE = 17;
const HEAD = 58;
const ROW_GAP = 14;
const ARROW_ROOM = 12;
const FOOT = 14;
/** Beside the lifelines stands the time, where there is room for it. */
const WIDE = 480;
const MARGIN_WIDE = 56;
const MARGIN_NARROW = 9;

export interface Line {
  readonly text: string;
  readonly y: number;
}

export interface Row {
  readonly index: number;
  readonly step: Step;
  /** Of the area that the row fills. */
  readonly top: number;
  readonly height: number;
  readonly title: readonly Line[];
  readonly remark: readonly Line[];
  /** Of its arrow. */
  readonly y: number;
  readonly fromX: number;
  readonly toX: number;
  /** Seconds, where they differ from the row before and there is room. */
  readonly time: { readonly text: string; readonly y: number } | null;
  readonly stop: {
    readonly x: number;
    readonly y: number;
    readonly by: Stop['by'];
    readonly words: readonly Line[];
  } | null;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly centre: number;
  readonly lifelineTop: number;
  readonly rows: readonly Row[];
}

export function pictureOf({ steps, stop }: Pick<Flow, 'steps' | 'stop'>, width: number): Picture {
  const margin = width >= WIDE ? MARGIN_WIDE : MARGIN_NARROW;
  const [left, right] = [margin, width - MARGIN_NARROW];
  const room = right - left - 24;
  const rows: Row[] = [];
  let top = HEAD;
  let before = 0;
  for (const [index, step] of steps.entries()) {
    const says = stop?.step === index ? stop : null;
    const row = rowOf({ index, step, top, left, right, room, isWide: width >= WIDE, before, stop: says });
    rows.push(row);
    top += row.height + ROW_GAP;
    before = step.seconds ?? before;
  }
  return { width, height: top + FOOT, left, right, centre: (left + right) / 2, lifelineTop: HEAD - 8, rows };
}

interface RowPlace {
  readonly index: number;
  readonly step: Step;
  readonly top: number;
  readonly left: number;
  readonly right: number;
  readonly room: number;
  readonly isWide: boolean;
  readonly before: number;
  readonly stop: Stop | null;
}

/** From above: the title, the arrow, the remark, and where it ends the words for that. */
function rowOf({ index, step, top, left, right, room, isWide, before, stop }: RowPlace): Row {
  const title = lines(titleWith(step), room / TITLE_CHARACTER, top + 15, TITLE_LINE);
  const y = top + title.length * TITLE_LINE + 6;
  const remark = lines(remarkOf(step), room / REMARK_CHARACTER, y + 19, REMARK_LINE);
  const below = y + ARROW_ROOM + remark.length * REMARK_LINE;
  const words = stop === null ? [] : lines(stopWords(stop), room / REMARK_CHARACTER, below + 16, REMARK_LINE);
  const fromPeer = step.from === 'peer';
  const stopX = stop?.by === 'peer' ? left : right;
  const isLater = step.seconds !== null && step.seconds !== before;
  return {
    ...{ index, step, top, title, remark, y },
    height: below - top + (words.length > 0 ? words.length * REMARK_LINE + 6 : 0),
    fromX: fromPeer ? left : right,
    toX: fromPeer ? right : left,
    time: isWide && (isLater || index === 0) ? { text: `${step.seconds ?? 0} s`, y: y + 4 } : null,
    stop: stop === null ? null : { x: stopX, y, by: stop.by, words },
  };
}

/** What is no message says who acts: the arrow alone could be taken for one. */
function titleWith(step: Step): string {
  const title = titleOf(step);
  return step.kind === 'connect' || step.kind === 'close' || step.kind === 'call_back'
    ? `${senderOf(step)} ${title}`
    : title;
}

/** Words cut into lines of at most `characters`; none for no words. A word that is too long stands alone. */
function lines(words: string, characters: number, firstY: number, lineHeight: number): Line[] {
  if (words === '') return [];
  const texts: string[] = [];
  let text = '';
  for (const word of words.split(' ')) {
    const longer = text === '' ? word : `${text} ${word}`;
    if (longer.length <= characters || text === '') {
      text = longer;
    } else {
      texts.push(text);
      text = word;
    }
  }
  texts.push(text);
  return texts.map((line, index) => ({ text: line, y: firstY + index * lineHeight }));
}
