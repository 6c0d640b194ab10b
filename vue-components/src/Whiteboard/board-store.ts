import { computed, onScopeDispose, shallowRef, watch } from 'vue';
import type { AnyClassroom, AnyClient } from '../any-client.ts';
import { useClient } from '../client-context.ts';
import { classroomOf, type ClassroomRef } from '../stores/classroom-of.ts';
import { projection } from '../stores/projection.ts';
import { defineSubjectStore } from '../stores/subject-store.ts';
import { boardClassroomOf, type BoardClassroom } from './board-classroom.ts';
import { BoardSession, type BoardNotice } from './board-session.ts';
import type { BoardDocument } from './model/board-document.ts';
import type { BoardElement, PageId } from './model/element.ts';
import type { Background } from './model/page.ts';

/** What the store is made for: a classroom as one client is in it. */
interface Seat {
  classroom: BoardClassroom;
  client: AnyClient;
}

const TOPIC = 'board';

const useStoreOf = defineSubjectStore(
  ({ classroom }: Seat) => `chalkline/board/${classroom.id}`,
  ({ classroom, client }) => {
    const { access, state } = classroom;
    const session = new BoardSession(classroom, client);
    onScopeDispose(() => session.destroy());

    const copy = projection(
      () => ({
        board: session.board,
        status: session.status,
        hasLoaded: session.hasLoaded,
        percent: session.percent,
      }),
      (listener) => session.on('change', listener),
    );
    const board = computed(() => copy.value.board);
    const onPermissions = (listener: () => void) => {
      const stops = [
        classroom.on('status', listener),
        classroom.on('permissions', listener),
        state.on('change', listener),
      ];
      return () => stops.forEach((stop) => stop());
    };
    const rights = projection(
      () => ({
        canDraw: classroom.can('board.update'),
        role: classroom.role,
        // Of nobody in particular: for everyone without a right of their own.
        isOpen: access.isOpen(TOPIC, ''),
        // A function of its own each time, so that who asks it asks again.
        mayDraw: (userId: string) => access.isOpen(TOPIC, userId),
      }),
      onPermissions,
    );
    const isTeacher = computed(() => rights.value.role === 'teacher');
    const shared = projection(
      () => ({
        pageId: state.get('board.page')?.pageId,
        leaderId: state.get('board.leader')?.userId,
      }),
      (listener) => state.on('change', listener),
    );

    const pages = shallowRef(board.value.pages);
    const history = shallowRef({ canUndo: false, canRedo: false });
    const wanted = shallowRef<PageId | undefined>(shared.value.pageId);
    const pageId = computed<PageId>(() => {
      const [first] = pages.value;
      return pages.value.find(({ id }) => id === wanted.value)?.id ?? first?.id ?? '';
    });
    const elements = shallowRef<readonly BoardElement[]>([]);
    watch(
      [board, pageId],
      ([now, page], _, onCleanup) => {
        const read = () => {
          elements.value = now.elements(page);
        };
        read();
        onCleanup(now.on('elements', (change) => change.pageId === page && read()));
      },
      { immediate: true, flush: 'sync' },
    );
    watch(
      board,
      (now, _, onCleanup) => {
        const read = () => {
          pages.value = now.pages;
        };
        const readHistory = () => {
          history.value = { canUndo: now.canUndo, canRedo: now.canRedo };
        };
        read();
        readHistory();
        const stops = [now.on('pages', read), now.on('history', readHistory)];
        onCleanup(() => stops.forEach((stop) => stop()));
      },
      { immediate: true, flush: 'sync' },
    );
    // When the teacher turns the page, everyone's turns.
    watch(
      () => shared.value.pageId,
      (page) => page !== undefined && (wanted.value = page),
    );

    /** What others hear of later, if it arrives; a refusal stands in the state itself, which does not change. */
    const tell = (sending: Promise<unknown>) => void sending.catch(() => undefined);
    const change = (work: (board: BoardDocument) => void): void => session.change(work);
    const showPage = (page: PageId): void => {
      wanted.value = page;
      if (isTeacher.value) tell(state.set('board.page', { pageId: page }));
    };

    return {
      /** The board itself, for reading and for `change`; another object after a refusal. */
      board,
      /** `loading`, `synced`, `offline`, `failed` or `destroyed`. */
      status: computed(() => copy.value.status),
      /** Whether the board is here: it stays while the link is down. */
      hasLoaded: computed(() => copy.value.hasLoaded),
      /** How much has been loaded, of 100. */
      percent: computed(() => copy.value.percent),
      pages: computed(() => pages.value),
      /** The page that we look at. */
      pageId,
      /** What is on that page, from the bottom to the top. Replaced on each change, never mutated. */
      elements: computed(() => elements.value),
      canUndo: computed(() => history.value.canUndo),
      canRedo: computed(() => history.value.canRedo),
      canDraw: computed(() => rights.value.canDraw),
      isTeacher,
      /** Whether students may draw who have no right of their own. */
      isOpen: computed(() => rights.value.isOpen),
      mayDraw: computed(() => rights.value.mayDraw),
      /** Whose view all follow. */
      leaderId: computed(() => shared.value.leaderId),
      isLeading: computed(() => shared.value.leaderId === session.userId && session.userId !== ''),
      /** What the user is to be told. */
      notice: projection<BoardNotice | undefined>(
        () => session.notice,
        (listener) => session.on('notice', listener),
      ),

      /** Writes to the board; what it does not take stands in `notice`. */
      change,
      undo: (): void => board.value.undo(),
      redo: (): void => board.value.redo(),
      /** Shows a page; a teacher's choice is everyone's. */
      showPage,
      /** Adds a page after the one that is shown, and shows it. */
      addPage: (background?: Background): void =>
        change((now) => showPage(now.addPage(pageId.value, background))),
      removePage: (page: PageId): void => {
        const index = pages.value.findIndex(({ id }) => id === page);
        const neighbour = pages.value[index + 1] ?? pages.value[index - 1];
        change((now) => now.removePage(page));
        if (neighbour && pageId.value !== neighbour.id) showPage(neighbour.id);
      },
      setPaper: (background: Background): void =>
        change((now) => now.setBackground(pageId.value, background)),
      clearPage: (): void => change((now) => now.clearPage(pageId.value)),
      notify: (notice: BoardNotice | undefined): void => session.notify(notice),

      /** Lets all students draw, or none: nobody is an exception any more. */
      open: (everyone: boolean): void => tell(access.set(TOPIC, everyone)),
      /** Lets one student draw, or not. */
      allow: (userId: string, mayDraw: boolean): void => tell(access.set(TOPIC, mayDraw, userId)),
      /** Lets everyone follow our view, or lets them go. */
      lead: (isLeading: boolean): void =>
        tell(state.set('board.leader', isLeading ? { userId: session.userId } : null)),
    };
  },
);

const seats = new WeakMap<AnyClassroom, Seat>();

/**
 * The whiteboard of a classroom: a shallow copy to build a board of one's own on.
 * @param classroom @default the classroom of the nearest `<ClassroomRoot>`
 * @param client @default the client of the nearest `<ClassroomRoot>`, or else of the plugin
 */
export function useBoardStore(classroom?: ClassroomRef, client: AnyClient = useClient()) {
  const subject = classroomOf(classroom, 'useBoardStore()');
  let seat = seats.get(subject);
  if (!seat) seats.set(subject, (seat = { classroom: boardClassroomOf(subject), client }));
  return useStoreOf(seat);
}

export type BoardStore = ReturnType<typeof useBoardStore>;
