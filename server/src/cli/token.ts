import { roles } from '@chalkline/client-sdk/protocol';
import { signToken } from '../token.ts';
import { command, numberOf, oneOf } from './command.ts';
import { secretOf } from './secret.ts';

export const token = command({
  usage: `
  token   Print a token for development.
            --user <id>       --name <text>       @default the user's id
            --classroom <id>  a classroom, or a prefix that ends in *
            --role <role>     teacher | student | observer                @default student
            --hours <n>       how long it is good for                     @default 8
            --secret <text>   as above`,
  options: {
    user: { type: 'string', default: '' },
    name: { type: 'string' },
    classroom: { type: 'string', default: '' },
    role: { type: 'string', default: 'student' },
    hours: { type: 'string', default: '8' },
    secret: { type: 'string' },
  },
  async run({ user, name, classroom, role, hours, secret }) {
    if (user === '' || classroom === '') throw new Error('token needs --user and --classroom');
    const text = await signToken({
      secret: secretOf(secret),
      userId: user,
      name: name ?? user,
      classrooms: { [classroom]: oneOf('role', role, roles) },
      expiresInS: Math.round(numberOf('hours', hours, 0, true) * 3600),
    });
    process.stdout.write(`${text}\n`);
  },
});
