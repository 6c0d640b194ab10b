import { checks, type Figures, type SmokeCast } from './checks.ts';
import { classroomLooks } from './classroom-looks.ts';
import { settle, settledLine, type Settled } from './settle.ts';

export interface CheckResult {
  name: string;
  outcome: 'ok' | 'failed';
  /** Why it failed. */
  reason?: string;
  figures: Figures;
}

export interface SmokeReport {
  url: string;
  /** Whether the address is API Gateway's own, so that what was seen is AWS's word. */
  isAws: boolean;
  passed: number;
  failed: number;
  checks: readonly CheckResult[];
  assumptions: readonly Settled[];
}

/** Runs every check, one after the other, and looks at what AWS leaves open. Never rejects. */
export async function smoke(
  cast: SmokeCast,
  { isAws, tell = () => undefined }: { isAws: boolean; tell?: (result: CheckResult) => void },
): Promise<SmokeReport> {
  const results: CheckResult[] = [];
  for (const { name, run } of checks) {
    let result: CheckResult;
    try {
      result = { name, outcome: 'ok', figures: await run(cast) };
    } catch (error) {
      result = {
        name,
        outcome: 'failed',
        reason: error instanceof Error ? error.message : String(error),
        figures: {},
      };
    }
    results.push(result);
    tell(result);
  }
  const failed = results.filter(({ outcome }) => outcome === 'failed').length;
  // A deployment that fails its checks says nothing about AWS.
  const assumptions = failed === 0 ? await settle(classroomLooks(cast)) : [];
  return { url: cast.url, isAws, passed: results.length - failed, failed, checks: results, assumptions };
}

/** Whether the address is one that AWS gives. */
export function isAwsAddress(url: string): boolean {
  return /\.execute-api\.[\w-]+\.amazonaws\.com(\.cn)?$/.test(new URL(url).hostname);
}

export function resultLine({ name, outcome, reason, figures }: CheckResult): string {
  const measured = Object.entries(figures).map(
    ([figure, ms]) => `${figure.replace(/Ms$/, '')} ${ms.toFixed(1)} ms`,
  );
  const detail = outcome === 'ok' ? measured.join(', ') : (reason ?? '');
  return `${outcome === 'ok' ? '✓' : '✗'} ${name}${detail === '' ? '' : `\n    ${detail}`}`;
}

/** What was seen of AWS, or of what stands in for it. */
export function assumptionLines({
  assumptions,
  isAws,
}: Pick<SmokeReport, 'assumptions' | 'isAws'>): string[] {
  if (assumptions.length === 0) return [];
  return [
    isAws
      ? 'What AWS does where nobody has written it down; put what differs into assumptions.ts:'
      : 'This is not API Gateway itself, so what follows settles nothing about AWS:',
    ...assumptions.map(settledLine),
  ];
}
