/** What EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) says of a statement, as far as it matters here. */
export interface PlanCost {
  /** Blocks that were looked at, in memory or not. */
  readonly blocks: number;
  /** Partitions of the log that were opened. */
  readonly partitions: number;
  /** Rows of the partition that was read from end to end, and which; of the largest, if it was several. */
  readonly scanned: { readonly rows: number; readonly table: string };
}

/** A node of a plan. The keys are PostgreSQL's. */
interface PlanNode {
  readonly 'Node Type'?: unknown;
  readonly 'Relation Name'?: unknown;
  readonly 'Actual Rows'?: unknown;
  readonly 'Rows Removed by Filter'?: unknown;
  readonly 'Shared Hit Blocks'?: unknown;
  readonly 'Shared Read Blocks'?: unknown;
  readonly Plans?: unknown;
}

const PARTITION = /^attempt_(\d{8}|default)$/;

/** Sums up a plan. Pure. Throws TypeError on what is not one. */
export function planCost(explained: unknown): PlanCost {
  const [{ Plan: root }] = explained as [{ Plan: PlanNode }];
  if (typeof root !== 'object') throw new TypeError('not a plan');
  const nodes = [...nodesOf(root)];
  const onLog = nodes.filter(node => PARTITION.test(String(node['Relation Name'])));
  const scans = onLog
    .filter(node => node['Node Type'] === 'Seq Scan')
    .map(node => ({ rows: rowsOf(node), table: String(node['Relation Name']) }));
  return {
    blocks: blocksOf(root),
    partitions: new Set(onLog.map(node => node['Relation Name'])).size,
    scanned: scans.reduce((most, scan) => (scan.rows > most.rows ? scan : most), { rows: 0, table: '' }),
  };
}

function* nodesOf(node: PlanNode): Generator<PlanNode> {
  yield node;
  for (const inner of Array.isArray(node.Plans) ? node.Plans : []) yield* nodesOf(inner);
}

/** Those of the nodes below are included. */
function blocksOf(node: PlanNode): number {
  return Number(node['Shared Hit Blocks'] ?? 0) + Number(node['Shared Read Blocks'] ?? 0);
}

/** All that were looked at. */
function rowsOf(node: PlanNode): number {
  return Number(node['Actual Rows'] ?? 0) + Number(node['Rows Removed by Filter'] ?? 0);
}
