/** The reference connector with one thing broken, and the cases that must find it. */
import { brokenInManifest } from './broken/manifest.ts';
import { brokenInPlan } from './broken/plan.ts';
import { brokenInDelivery } from './broken/delivery.ts';
import { brokenInAnswers } from './broken/answers.ts';
import { brokenInMessages } from './broken/messages.ts';
import { brokenInLife } from './broken/life.ts';
import type { Broken } from './breaking.ts';

export const broken: readonly Broken[] = [
  ...brokenInManifest,
  ...brokenInPlan,
  ...brokenInDelivery,
  ...brokenInAnswers,
  ...brokenInMessages,
  ...brokenInLife,
];
