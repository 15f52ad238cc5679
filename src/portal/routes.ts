import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { isOpenLoopback } from '#src/sessions';
import { assetsOf, uiFileRoutes } from '#src/ui';
import { accountPages } from './account.tsx';
import { appPage } from './app.tsx';
import { appsPage } from './apps.tsx';
import { backfillPages } from './backfill.tsx';
import { calendarFeedPages } from './calendar-feeds.tsx';
import { cataloguePages } from './catalogue.tsx';
import { changeSubscriptionPages } from './change-subscription.tsx';
import { connectBackPages } from './connect-back.tsx';
import { connectPages } from './connect.tsx';
import { connectionActions } from './connection-actions.tsx';
import { disconnectConnectionPages } from './connection-disconnect.tsx';
import { recallPages } from './connection-recall.tsx';
import { connectionPage } from './connection.tsx';
import { connectionsPage } from './connections.tsx';
import { consentPages } from './consent.tsx';
import { deliveriesPage } from './deliveries.tsx';
import { deliveryPages } from './delivery.tsx';
import { compressed, open, type Portal, type Routes, type Streams } from './door.tsx';
import { disconnectAppPages } from './disconnect-app.tsx';
import { eventPage } from './event.tsx';
import { createStreams } from './live.ts';
import { narrowAppPages } from './narrow-app.tsx';
import { newSubscriptionPages } from './new-subscription.tsx';
import { overviewPage } from './overview.tsx';
import { home } from './paths.ts';
import { plugPages } from './plug.tsx';
import { receiptPage } from './receipt.tsx';
import { recipePages } from './recipe-pages.tsx';
import { senderActions } from './sender-actions.tsx';
import { senderPages } from './senders.tsx';
import { signInPages } from './sign-in.tsx';
import { subscriptionActions } from './subscription-actions.tsx';
import { subscriptionPage } from './subscription.tsx';
import { subscriptionPages } from './subscriptions.tsx';
import { newTokenPages } from './new-token.tsx';
import { replayPages } from './replay.tsx';
import { revokeTokenPages } from './revoke-token.tsx';
import { tokenPages } from './tokens.tsx';
import { usagePage } from './usage.tsx';

type Shared = Pick<Portal, 'idOf' | 'tell'> & { isStopping?: () => boolean };

/**
 * For a process that stays: it compresses, serves the pages' files and holds streams by itself. Workers do the first two
 * beside us (compressed twice, nobody could read it), and are not there between two requests, so pages ask again there.
 */
export function compressedPortalRoutes(app: Routes, ports: Ports, shared: Shared): void {
  compressed(app);
  uiFileRoutes(app, ports);
  portalRoutes(app, ports, shared, createStreams(shared.isStopping ?? (() => false)));
}

/** The pages for people. They use the rooms' verbs as the API does, with the caller that a session makes. */
export function portalRoutes(
  app: Routes,
  ports: Ports,
  shared: Shared,
  streams: Streams | null = null,
): void {
  const { idOf, tell } = shared;
  const portal: Portal = { app, ports, assets: assetsOf(ports), idOf, tell, streams };
  if (isOpenLoopback(ports.settings))
    ports.log.warn('portal.open_http', { public_url: ports.settings.publicUrl });
  signInPages(portal);
  accountPages(portal);
  consentPages(portal);
  overviewPage(portal);
  deliveriesPage(portal);
  deliveryPages(portal);
  eventPage(portal);
  newSubscriptionPages(portal);
  subscriptionPages(portal);
  subscriptionPage(portal);
  changeSubscriptionPages(portal);
  subscriptionActions(portal);
  backfillPages(portal);
  replayPages(portal);
  cataloguePages(portal);
  tokenPages(portal);
  newTokenPages(portal);
  revokeTokenPages(portal);
  appsPage(portal);
  appPage(portal);
  narrowAppPages(portal);
  disconnectAppPages(portal);
  receiptPage(portal);
  usagePage(portal);
  connectionsPage(portal);
  connectPages(portal);
  // Before what takes any id in the same place.
  connectBackPages(portal);
  plugPages(portal);
  connectionPage(portal);
  connectionActions(portal);
  recallPages(portal);
  disconnectConnectionPages(portal);
  recipePages(portal);
  calendarFeedPages(portal);
  senderPages(portal);
  senderActions(portal);
  open(portal, 'get', `${home}/*`, async () => {
    throw new PatchbayError('not_found', { public: 'There is no such page, or it is not yours.' });
  });
}
