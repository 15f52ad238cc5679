import type { ShownGrant } from '#src/access';
import { Chip } from '#src/ui';

/** Whether the partner's abuse and privacy review has passed. */
export const VerifiedChip = ({ grant }: { grant: ShownGrant }) =>
  grant.partner_verified ? <Chip tone="good">verified</Chip> : <Chip tone="wait">not verified</Chip>;

export function AppChip({ grant: { state } }: { grant: ShownGrant }) {
  switch (state) {
    case 'active':
      return <Chip tone="good">connected</Chip>;
    case 'suspended':
      return <Chip tone="wait">suspended</Chip>;
    case 'ended':
      return <Chip tone="off">disconnected</Chip>;
    default:
      return state satisfies never;
  }
}
