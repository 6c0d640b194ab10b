import { ChatPane } from '@chalkline/vue-components';
import { h } from 'vue';
import type { ComponentStates, Stage } from '../gallery-state.ts';

/** We and the other in turns, each line two minutes after the one before. */
async function talk({ lines, other, classroom, clock }: Stage): Promise<void> {
  for (const [index, line] of lines.entries()) {
    await clock.advance(120_000);
    if (index % 2 === 0) await classroom.chat.send(line);
    else other.say(line);
  }
}

/** An announcement, an answer with a reaction, an edit, and what is left of a deletion. */
async function mark({ lines, classroom, clock }: Stage): Promise<void> {
  const { chat } = classroom;
  const [first = '', second = '', third = ''] = lines;
  await clock.advance(120_000);
  const { id } = await chat.send(first, { isAnnouncement: true });
  const answer = await chat.send(`**${second}**\n- \`3/4\`\n- https://example.com`, { replyTo: id });
  await chat.react(answer.id, '🎉');
  await chat.edit(answer.id, `**${third}** \`3/4\` https://example.com`);
  await chat.delete((await chat.send(first)).id);
}

/** A talk of two beside that of the class. */
async function whisper({ lines, other, classroom, clock }: Stage): Promise<void> {
  const [first = '', second = '', third = ''] = lines;
  await clock.advance(120_000);
  await classroom.chat.send(first);
  const { id } = await classroom.chat.send(third, { isPrivate: true, to: 'ben' });
  other.publish('chat.whisper', { text: second, replyTo: id });
}

export const states: ComponentStates = {
  component: 'ChatPane',
  width: 420,
  height: 640,
  content: () => h(ChatPane),
  states: {
    empty: { shows: '.viewport[data-state="empty"]' },
    filled: { shows: '[data-message-id]:nth-of-type(1)', play: talk },
    marks: { shows: '.reactions', play: mark },
    private: { shows: '[data-kind="private"]:not([data-own])', play: whisper },
    'read-only': {
      shows: '.chat[data-state="read-only"]',
      role: 'observer',
      play: ({ other, lines }) => other.say(lines[1] ?? ''),
    },
    muted: {
      shows: '.chat[data-state="read-only"]',
      role: 'student',
      before: ({ other }) => other.publish('state.set', { key: 'access.chat', value: { isOpen: false } }),
    },
  },
};
