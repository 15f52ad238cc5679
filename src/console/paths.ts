import type { Level } from '#src/inquiry';
import { withQuery } from '#src/ui';

/** Where things are, said once. */
export const home = '/admin';
export const searchPath = `${home}/search`;
export const casesPath = `${home}/cases`;
export const approvalsPath = `${home}/approvals`;
export const approvalRulesPath = `${approvalsPath}/rules`;
export const intentsPath = `${home}/intents`;
export const originsPath = `${intentsPath}/origins`;
export const originBase = `${intentsPath}/origin`;
export const revocationsPath = `${home}/revocations`;
export const suspensionsPath = `${home}/suspensions`;
export const elevationPath = `${home}/elevation`;
export const partnersPath = `${home}/partners`;
export const quarantinePath = `${home}/quarantine`;
export const redrivesPath = `${quarantinePath}/redrives`;
export const staffPath = `${home}/staff`;
export const staffTokensPath = `${staffPath}/tokens`;
/** The API for staff lies under the same roof and is not ours. */
export const apiPath = `${home}/v1`;

/** What has a page of its own, and can be ended: in the order in which one hangs below the other. */
export const subjectLevels = ['partner', 'app', 'account', 'user', 'grant', 'token'] as const;

export const isSubjectLevel = (level: string): level is Level => subjectLevels.some((one) => one === level);

export const subjectPath = (level: Level, id: string): string => `${home}/${level}s/${id}`;
export const eventPath = (id: string, account: string | null = null): string =>
  withQuery(`${home}/events/${id}`, { account });
export const deliveryPath = (id: string): string => `${home}/deliveries/${id}`;
export const accountEventsPath = (account: string): string => `${subjectPath('account', account)}/events`;
export const casePath = (id: string): string => `${casesPath}/${id}`;
export const receiptPath = (id: string): string => `${revocationsPath}/${id}`;
export const reviewsPath = (partner: string): string => `${subjectPath('partner', partner)}/reviews`;
export const redrivePath = (id: string): string => `${redrivesPath}/${id}`;
export const approvalPath = (id: string): string => `${approvalsPath}/${id}`;
export const intentPath = (id: string): string => `${intentsPath}/${id}`;
/** An origin has no id of its own: it is one name and one kind of intent. */
export const originPath = (source: string, kind: string): string => withQuery(originBase, { source, kind });
