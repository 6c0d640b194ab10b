import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import type { SmokeCast } from '../smoke/checks.ts';
import { probe as askProbe } from '../probe/probe.ts';
import { assumptionLines, isAwsAddress, resultLine, smoke as runSmoke } from '../smoke/smoke.ts';
import { signToken } from '../token.ts';
import { command } from './command.ts';
import { secretOf } from './secret.ts';

export const smoke = command({
  usage: `
  smoke <wss://…>  See whether a deployment works: joins, publishes, measures, drops, recovers, is refused.
            --secret <text>   what it verifies tokens with; also CHALKLINE_SECRET
            --tokens <file>   instead: { "classroomId", "ada", "ben" }, two tokens for that classroom
            --issuer <text>   --audience <text>   what tokens must say there
            --aws             behind a custom domain: what is seen is AWS's word
            --json            the report in one line; exit code 1 if a check failed
            --probe           the address is a probe deployment's (docs/deploying.md): see how the platform behaves where
                              nobody has written it down; exit code 1 if it is not as the local gateway assumes
            --slow            with --probe: also what takes eleven minutes`,
  words: ['the address'],
  options: {
    secret: { type: 'string' },
    tokens: { type: 'string' },
    issuer: { type: 'string' },
    audience: { type: 'string' },
    aws: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    probe: { type: 'boolean', default: false },
    slow: { type: 'boolean', default: false },
  },
  async run({ secret, tokens, issuer, audience, aws, json, probe, slow }, [url = '']) {
    if (!/^wss?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) {
      throw new Error(`smoke needs a ws: or wss: address; it is "${url}"`);
    }
    const isAws = aws || isAwsAddress(url);
    if (probe) {
      const assumptions = await askProbe({ url, isSlow: slow });
      const report = { url, isAws, assumptions };
      process.stdout.write(`${json ? JSON.stringify(report) : assumptionLines(report).join('\n')}\n`);
      if (assumptions.some(({ outcome }) => outcome === 'differs' || outcome === 'failed'))
        process.exitCode = 1;
      return;
    }
    const cast = tokens === undefined ? await signedCast() : givenCast(tokens);
    const say = (line: string): void => {
      if (!json) process.stdout.write(`${line}\n`);
    };
    const report = await runSmoke({ url, ...cast }, { isAws, tell: (result) => say(resultLine(result)) });
    say(['', ...assumptionLines(report), '', `${report.passed} passed, ${report.failed} failed`].join('\n'));
    if (json) process.stdout.write(`${JSON.stringify(report)}\n`);
    if (report.failed > 0) process.exitCode = 1;

    async function signedCast(): Promise<Omit<SmokeCast, 'url'>> {
      const classroomId = `smoke-${randomUUID()}`;
      const sign = (userId: string, role: 'teacher' | 'student', expiresInS: number): Promise<string> =>
        signToken({
          secret: secretOf(secret),
          userId: `smoke-${userId}`,
          name: userId,
          classrooms: { [classroomId]: role },
          expiresInS,
          ...(issuer === undefined ? {} : { issuer }),
          ...(audience === undefined ? {} : { audience }),
        });
      return {
        classroomId,
        tokens: { ada: await sign('Ada', 'teacher', 600), ben: await sign('Ben', 'student', 600) },
        endedToken: await sign('Ben', 'student', -60),
      };
    }
  },
});

const tokensSchema = z.object({ classroomId: z.string(), ada: z.string(), ben: z.string() });

function givenCast(file: string): Omit<SmokeCast, 'url'> {
  try {
    const { classroomId, ada, ben } = z.parse(tokensSchema, JSON.parse(readFileSync(file, 'utf8')));
    return { classroomId, tokens: { ada, ben } };
  } catch {
    // Neither the cause nor what was read may be shown: it holds tokens.
    throw new Error(`unable to read the tokens of ${file}; it holds { "classroomId", "ada", "ben" }`);
  }
}
