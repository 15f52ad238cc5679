export { createViews, type EventViews, type FilterView, type Viewer } from './view.ts';
