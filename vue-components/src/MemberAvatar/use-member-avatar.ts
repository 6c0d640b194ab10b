import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { initialOf } from '../text/display-name.ts';
import { memberColor } from './member-color.ts';

/** What `<MemberAvatar>` shows, for an avatar of one's own: a member's colour of the theme, and their initial. */
export function useMemberAvatar(userId: MaybeRefOrGetter<string>, name: MaybeRefOrGetter<string>) {
  return {
    /** For CSS: `var(--chalkline-member-7)`. */
    color: computed(() => `var(--chalkline-member-${memberColor(toValue(userId))})`),
    initial: computed(() => initialOf(toValue(name))),
  };
}
