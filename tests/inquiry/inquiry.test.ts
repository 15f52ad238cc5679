import { describe } from 'vitest';
import { inquirySuite } from './suite.ts';

describe('what staff look up', () => inquirySuite(async () => ({})));
