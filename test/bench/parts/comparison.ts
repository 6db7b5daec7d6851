/** A goal: a bound on our own figure or, in `ratio`, on ours by the other's. */
export interface Goal {
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly unit?: string;
  readonly ratioAtLeast?: number;
}

/** One line: our figure, the other's of the same run where there is one, and the goal. */
export interface Line {
  readonly name: string;
  readonly ours: number;
  readonly other?: number | null | undefined;
  readonly digits?: number;
  readonly goal?: Goal | undefined;
}

const NAME_WIDTH = 52;
const FIGURE_WIDTH = 12;

/** The heading of a table of such lines; `other` empty: there are no other's figures. */
export function headLine(title: string, ours: string, other: string): string {
  const columns = other === '' ? [ours] : [ours, other, 'ratio'];
  return `\n${title.padEnd(NAME_WIDTH)}${columns.map(name => name.padStart(FIGURE_WIDTH)).join('')}`;
}

/** `name  ours  other  ratio  met | NOT MET (goal)`. Without another's figure, what is asked of the ratio is not judged. */
export function comparisonLine({ name, ours, other, digits = 0, goal }: Line): string {
  // Nothing is no multiple of nothing.
  const ratio = other ? ours / other : null;
  const figures = [
    ours.toFixed(digits),
    other?.toFixed(digits) ?? '',
    ratio === null ? '' : ratio.toFixed(ratio < 10 ? 2 : 1),
  ];
  const line = `${name.padEnd(NAME_WIDTH)}${figures.map(figure => figure.padStart(FIGURE_WIDTH)).join('')}`;
  return goal ? `${line}   ${judge(goal, ours, ratio)}` : line.trimEnd();
}

function judge(goal: Goal, ours: number, ratio: number | null): string {
  const unit = goal.unit ? ` ${goal.unit}` : '';
  const parts = [
    { text: `≤ ${goal.atMost}${unit}`, bound: goal.atMost, met: ours <= (goal.atMost ?? 0) },
    { text: `≥ ${goal.atLeast}${unit}`, bound: goal.atLeast, met: ours >= (goal.atLeast ?? 0) },
    {
      text: `≥ ${goal.ratioAtLeast} ×`,
      bound: ratio === null ? undefined : goal.ratioAtLeast,
      met: (ratio ?? 0) >= (goal.ratioAtLeast ?? 0),
    },
  ].filter(({ bound }) => bound !== undefined);
  const met = parts.every(part => part.met);
  return `${met ? 'met' : 'NOT MET'} (goal ${parts.map(({ text }) => text).join(', ')})`;
}
