export { decideApproval, refusedWords } from './decide.ts';
export { type ApprovalRecord, approvalRecord, findApproval } from './find.ts';
export { approvalStates, approvalsWaiting, listApprovals, type ShownApproval } from './list.ts';
export { approvalFor, isInert } from './needs.ts';
export { approvalRoutes } from './routes.ts';
export { addRule, endRule, livingRules, newRule, type Rule } from './rules.ts';
