export { type CreatedFeed, createFeed, type FeedSpec } from './create.ts';
export { listFeeds, revokeFeed } from './list.ts';
export { calendarFeedRoutes } from './routes.ts';
export { calendarRoute } from './serve.ts';
export type { ShownFeed } from './show.ts';
