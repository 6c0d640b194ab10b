import type { Member } from '@chalkline/client-sdk';
import {
  computed,
  onBeforeUnmount,
  onScopeDispose,
  shallowRef,
  watch,
  type ComputedRef,
  type Ref,
} from 'vue';
import type { BoardClassroom } from './board-classroom.ts';
import { memberColor } from '../MemberAvatar/member-color.ts';
import { displayName } from '../text/display-name.ts';
import type { BoardStore } from './board-store.ts';
import { LiveSignals } from './live-signals.ts';
import type { ElementId, PageId } from './model/element.ts';
import { applyTransform, type Place, type Rect } from './model/geometry.ts';
import { decode } from './model/ink.ts';
import type { BoardCamera } from './use-board-view.ts';

export interface LiveOptions {
  classroom: BoardClassroom;
  store: BoardStore;
  camera: BoardCamera;
  host: Readonly<Ref<HTMLElement | null>>;
  /** By id. */
  members: ComputedRef<ReadonlyMap<string, Member>>;
  selfId: () => string;
  unnamed: () => string;
  /** How the box is called that stands for the view of the leader, whose name is given. */
  viewName: (name: string) => string;
  reducedMotion: () => boolean;
}

/** A preview whose author fell silent in mid stroke goes after this. */
const SILENT_MS = 15_000;
/** Of the way to the leader's view, in each frame. */
const GLIDE = 0.25;

/** Shows what the others do right now, tells them what we do, and follows whoever leads. */
export function useLive({
  classroom,
  store,
  camera,
  host,
  members,
  selfId,
  unnamed,
  viewName,
  reducedMotion,
}: LiveOptions) {
  const { view, ownMoves } = camera;
  const signals = new LiveSignals(
    classroom,
    () => store.board,
    () => store.pageId,
  );
  onScopeDispose(() => signals.dispose());

  const cursors = new Map<string, Place & { pageId: PageId }>();
  const previews = new Map<ElementId, { userId: string; timer: ReturnType<typeof setTimeout> }>();
  const nameOf = (userId: string) => displayName(members.value.get(userId)?.name ?? '', unnamed());
  const css = (name: string) =>
    host.value ? getComputedStyle(host.value).getPropertyValue(name).trim() : '';
  const looksOf = (userId: string) => ({
    name: nameOf(userId),
    color: css(`--chalkline-member-${memberColor(userId)}`),
    onColor: css('--chalkline-on-member'),
  });

  function showCursors() {
    if (!view.value) return;
    view.value.live.cursors = [...cursors].flatMap(([id, { pageId, x, y }]) => {
      const member = members.value.get(id);
      const isShown = pageId === store.pageId && id !== selfId() && member && signals.shows(member);
      return isShown ? [{ id, x, y, ...looksOf(id) }] : [];
    });
  }
  watch([() => store.pageId, members, view], showCursors);
  // Whose pointer is seen is where their new ink ends: a pen or a finger that was lifted tells no more.
  watch(
    () => store.board,
    (board, _, onCleanup) =>
      onCleanup(
        board.on('elements', ({ pageId, added, removed }) => {
          // Pieces of a stroke that somebody erased are nobody's new ink.
          if (cursors.size === 0 || removed.length > 0) return;
          for (const id of added) {
            const element = board.get(id);
            if (!element || !('points' in element) || !cursors.has(element.authorId)) continue;
            const end = decode(element.points).at(-1);
            if (end) cursors.set(element.authorId, { pageId, ...applyTransform(element.transform, end) });
          }
          showCursors();
        }),
      ),
    { immediate: true },
  );

  function forget(id: ElementId) {
    clearTimeout(previews.get(id)?.timer);
    previews.delete(id);
    view.value?.live.drop(id);
  }
  onBeforeUnmount(() => [...previews.keys()].forEach(forget));
  // Who is stopped in mid stroke can no longer say that it was given up, nor where they point.
  watch(
    () => store.mayDraw,
    (mayDraw) => {
      for (const [id, { userId }] of previews) if (!mayDraw(userId)) forget(id);
      for (const userId of cursors.keys()) if (!mayDraw(userId)) cursors.delete(userId);
      showCursors();
    },
  );

  signals.on('ink', ({ userId, ...ink }) => {
    if (!store.mayDraw(userId)) return;
    view.value?.live.grow(ink);
    clearTimeout(previews.get(ink.id)?.timer);
    previews.set(ink.id, { userId, timer: setTimeout(() => forget(ink.id), SILENT_MS) });
    const end = ink.points.at(-1);
    // Who draws is where the ink ends: their pointer needs no signal of its own.
    if (end) cursors.set(userId, { pageId: ink.pageId, x: end.x, y: end.y });
    showCursors();
  });
  signals.on('dropInk', forget);
  signals.on('cursor', ({ userId, pageId, x, y }) => {
    cursors.set(userId, { pageId, x, y });
    showCursors();
  });
  signals.on('laser', ({ userId, pageId, points }) => {
    if (pageId === store.pageId) view.value?.live.point(userId, looksOf(userId).color, points);
  });

  // The leader tells what they see, and again to everyone who comes.
  function tellView() {
    if (store.isLeading && view.value) signals.show(view.value.visible);
  }
  watch([camera.camera, () => store.pageId, () => store.isLeading, () => members.value.size], tellView);

  const isFollowing = shallowRef(true);
  const leader = computed(() => {
    const { leaderId } = store;
    return leaderId === undefined || store.isLeading || !members.value.has(leaderId) ? undefined : leaderId;
  });
  /** What the leader sees, as far as they have told. */
  let seen = undefined as { pageId: PageId; view: Rect } | undefined;
  let frame: number | undefined;
  const rest = () => {
    if (frame !== undefined) cancelAnimationFrame(frame);
    frame = undefined;
  };
  onBeforeUnmount(rest);

  /** One step nearer to what the leader sees, all of it in view. */
  function glide() {
    frame = undefined;
    const [now, box] = [view.value, host.value];
    if (!now || !box || !seen || !isFollowing.value) return;
    const aim = seen.view;
    const zoom = Math.min(box.clientWidth / aim.width, box.clientHeight / aim.height);
    const x = aim.x + aim.width / 2 - box.clientWidth / 2 / zoom;
    const y = aim.y + aim.height / 2 - box.clientHeight / 2 / zoom;
    const from = now.camera;
    const isThere = Math.hypot(x - from.x, y - from.y) * zoom < 1 && Math.abs(zoom / from.zoom - 1) < 0.002;
    const share = isThere || reducedMotion() ? 1 : GLIDE;
    const step = (a: number, b: number) => a + (b - a) * share;
    now.setCamera({ x: step(from.x, x), y: step(from.y, y), zoom: step(from.zoom, zoom) });
    if (share < 1) frame = requestAnimationFrame(glide);
  }
  function showLeader() {
    const now = view.value;
    if (!now) return;
    const userId = leader.value;
    now.live.leader =
      seen && userId !== undefined && !isFollowing.value && seen.pageId === store.pageId
        ? { ...seen.view, ...looksOf(userId), name: viewName(nameOf(userId)) }
        : undefined;
    if (!seen || userId === undefined || !isFollowing.value) return;
    if (seen.pageId !== store.pageId) store.showPage(seen.pageId);
    frame ??= requestAnimationFrame(glide);
  }
  signals.on('camera', ({ userId, ...told }) => {
    if (userId !== leader.value) return;
    seen = told;
    showLeader();
  });
  watch(leader, () => {
    seen = undefined;
    isFollowing.value = true;
  });
  watch([leader, isFollowing, view, () => store.pageId], showLeader, { flush: 'post' });
  watch(ownMoves, () => {
    if (leader.value !== undefined) isFollowing.value = false;
  });

  return {
    signals,
    nameOf,
    /** Who leads, if it is another. */
    leader,
    isFollowing: computed(() => isFollowing.value),
    follow: () => (isFollowing.value = true),
    lookAway: () => (isFollowing.value = leader.value === undefined),
  };
}
