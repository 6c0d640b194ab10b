import { shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import type { AnyClassroom } from '../any-client.ts';
import { onPermissions } from '../control/room-state.ts';
import type { useSpotlight } from '../control/use-spotlight.ts';
import type { useTimer } from '../control/use-timer.ts';
import { fillTemplate } from '../locales/split-template.ts';
import { useLocale } from '../locales/use-locale.ts';
import { projection } from '../stores/projection.ts';
import { displayName } from '../text/display-name.ts';
import type { ClosedTopic } from './use-closed-topics.ts';
import { formatLeft } from './format-left.ts';

interface Watched {
  timer: Pick<ReturnType<typeof useTimer>, 'status' | 'leftMs'>;
  spotlight: Pick<ReturnType<typeof useSpotlight>, 'member' | 'isSelf'>;
  closed: ComputedRef<readonly ClosedTopic[]>;
}

/** What a screen reader is told when something changes that others see: once each, and never each second. */
export function useControlAnnouncement(
  classroom: AnyClassroom,
  { timer, spotlight, closed }: Watched,
): ShallowRef<string> {
  const locale = useLocale();
  const said = shallowRef('');
  const role = projection(
    () => classroom.role,
    (listener) => onPermissions(classroom, listener),
  );

  watch(timer.status, (status) => {
    const { timerOver, timerStarted, language } = locale.value;
    if (status === 'over') said.value = timerOver;
    else if (status === 'running') {
      said.value = fillTemplate(timerStarted, { time: formatLeft(timer.leftMs.value ?? 0, language) });
    }
  });
  watch(
    () => spotlight.member.value?.userId,
    () => {
      const { spotlightOf, spotlightSelf, unnamed } = locale.value;
      const { value: member } = spotlight.member;
      if (!member) said.value = '';
      else if (spotlight.isSelf.value) said.value = spotlightSelf;
      else said.value = fillTemplate(spotlightOf, { name: displayName(member.name, unnamed) });
    },
  );
  watch(
    () => closed.value.map(({ text }) => text).join(' '),
    (text, before) => {
      said.value = text || (before && locale.value.controlsOpen);
    },
  );
  watch(role, (now, before) => {
    if (now === 'teacher' && before === 'student') said.value = locale.value.youAreCoTeacher;
    if (now === 'student' && before === 'teacher') said.value = locale.value.youAreNoCoTeacher;
  });
  return said;
}
