import type { Projection } from '../ports.ts';

/** An entry of the state that takes a member's seats away. */
export type Removal = Extract<Projection, { of: 'state' }> & { userId: string };

/** Whether a message removes a member. */
export function isRemoval(projection: Projection | undefined): projection is Removal {
  return (
    projection?.of === 'state' &&
    projection.key === 'removed' &&
    !projection.isDeleted &&
    projection.userId !== undefined
  );
}
