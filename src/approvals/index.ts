export { decideApproval } from './decide.ts';
export { listApprovals } from './list.ts';
export { approvalFor, isInert } from './needs.ts';
export { approvalRoutes } from './routes.ts';
export { addRule, endRule, livingRules, newRule } from './rules.ts';
