import { describe } from 'vitest';
import { inactivitySuite } from './suite.ts';

describe('what nobody uses for 90 days is announced, and ends [S2-79]', () =>
  inactivitySuite(async () => ({})));
