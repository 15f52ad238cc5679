export { createUsage } from './count.ts';
export { type Invoice, runInvoices } from './invoices.ts';
export { type UsagePart, usageParts } from './parts.ts';
export { lastDays } from './days.ts';
export { type DayUse, sumOf, useByDay } from './read.ts';
export { usageRoutes } from './routes.ts';
export { showUsage } from './show.ts';
export { staffUsageRoutes } from './staff-routes.ts';
