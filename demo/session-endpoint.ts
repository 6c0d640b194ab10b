import { signToken } from '@chalkline/server';
import type { Plugin } from 'vite';
import { CLASSROOM_ID, people } from './people.ts';

/**
 * What your own backend does: `POST /session?user=ada` says where to connect and signs a token for whoever is signed in.
 * The demo takes everybody at their word.
 */
export function sessionEndpoint(backendUrl: string, secret: string): Plugin {
  return {
    name: 'chalkline-demo-session',
    configurePreviewServer(server) {
      server.middlewares.use('/session', (request, response) => {
        const userId = new URL(request.url ?? '', 'http://demo').searchParams.get('user') ?? '';
        const person = Object.hasOwn(people, userId) ? people[userId] : undefined;
        if (request.method !== 'POST' || !person) {
          response.writeHead(404).end();
          return;
        }
        void signToken({ secret, userId, name: person.name, classrooms: { [CLASSROOM_ID]: person.role } })
          .then((token) => JSON.stringify({ url: backendUrl, token }))
          .then((session) => response.setHeader('Content-Type', 'application/json').end(session));
      });
    },
  };
}
