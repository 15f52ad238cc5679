import { describe } from 'vitest';
import { inactivitySuite } from './suite.ts';

describe('what nobody uses', () => inactivitySuite(async () => ({})));
