import uPlot from 'uplot';
import { MOMENT_SIGNS, type Moment } from './moments.ts';
import type { Layer } from './stack.ts';

/** How a layer is filled: a colour, and a pattern where two layers share one. */
export interface Paint {
  readonly colour: string;
  readonly hatched: boolean;
}

export interface StackOptions {
  readonly width: number;
  readonly layers: readonly Layer[];
  /** Start of each step, seconds since the epoch. */
  readonly times: readonly number[];
  readonly moments: readonly Moment[];
  readonly paints: readonly Paint[];
  readonly ink: string;
  readonly ground: string;
  readonly line: string;
  readonly mark: string;
  readonly font: string;
  /** The step under the pointer; null: none. */
  onpoint(step: number | null): void;
}

const HEIGHT = 220;
const HATCH = 6;

/** Draws stacked bars into an element. Answers what removes them again. */
export function drawStack(place: HTMLElement, options: StackOptions): () => void {
  const { width, layers, times, ink, line, font } = options;
  const step = (times[1] ?? 60) - (times[0] ?? 0);
  const axis = { stroke: ink, font, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1, size: 4 } };
  const bars = uPlot.paths.bars?.({ size: [0.86, 60], align: 1 });
  // The highest stack is drawn first; each lower one covers its part of it.
  const order = layers.map((_, i) => i).reverse();
  const plot = new uPlot(
    {
      width,
      height: HEIGHT,
      tzDate: seconds => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { setScale: false, x: false, y: false } },
      padding: [14, 0, 0, 0],
      scales: {
        x: { time: true, range: () => [times[0] ?? 0, (times.at(-1) ?? 0) + step] },
        y: { range: (_, __, most) => [0, Math.max(4, Math.ceil((most ?? 0) * 1.08))] },
      },
      axes: [
        { ...axis, size: 30, space: 90, values: TIME_FORMATS },
        { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7] },
      ],
      series: [
        {},
        ...order.map(layer => ({
          ...(bars && { paths: bars }),
          points: { show: false },
          width: 1,
          stroke: options.paints[layer]?.colour ?? ink,
          fill: (u: uPlot) => fillOf(u.ctx, options.paints[layer], options.ground, ink),
        })),
      ],
      hooks: {
        draw: [u => drawMoments(u, options)],
        setCursor: [u => options.onpoint(u.cursor.idx ?? null)],
      },
    },
    [[...times], ...order.map(layer => [...(layers[layer]?.top ?? [])])],
    place,
  );
  return () => plot.destroy();
}

/** Hours, and the date where it changes: smallest step, format, formats at a new year, month, day, hour, minute; 0: these instead. */
const TIME_FORMATS: uPlot.Axis.Values = [
  [86_400, '{YYYY}-{MM}-{DD}', null, null, null, null, null, null, 0],
  [60, '{HH}:{mm}', null, null, '{MM}-{DD} {HH}:{mm}', null, null, null, 0],
];

function fillOf(
  context: CanvasRenderingContext2D,
  paint: Paint | undefined,
  ground: string,
  ink: string,
): string | CanvasPattern {
  if (!paint?.hatched) return paint?.colour ?? ink;
  const size = HATCH * devicePixelRatio;
  const tile = document.createElement('canvas');
  tile.width = size;
  tile.height = size;
  const pen = tile.getContext('2d');
  if (!pen) return paint.colour;
  // The lower layers must not shine through.
  pen.fillStyle = ground;
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = paint.colour;
  pen.lineWidth = size / 3;
  for (const shift of [-size, 0, size]) {
    pen.beginPath();
    pen.moveTo(shift, size);
    pen.lineTo(shift + size, 0);
    pen.stroke();
  }
  return context.createPattern(tile, 'repeat') ?? paint.colour;
}

function drawMoments(u: uPlot, { moments, mark, font }: StackOptions): void {
  const { ctx } = u;
  const { left, top, width, height } = u.bbox;
  ctx.save();
  ctx.strokeStyle = mark;
  ctx.fillStyle = mark;
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.lineWidth = devicePixelRatio;
  ctx.font = font.replace(/^\d+/, String(13 * devicePixelRatio));
  ctx.textAlign = 'center';
  for (const { at, kind } of moments) {
    const x = u.valToPos(Date.parse(at) / 1000, 'x', true);
    if (x < left || x > left + width) continue;
    ctx.beginPath();
    ctx.moveTo(x, top);
    ctx.lineTo(x, top + height);
    ctx.stroke();
    ctx.fillText(MOMENT_SIGNS[kind][0], x, top - 3 * devicePixelRatio);
  }
  ctx.restore();
}
