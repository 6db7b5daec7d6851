import underPressure from '@fastify/under-pressure';
import { PinataError } from '../../errors.ts';
import type { App } from '../context.ts';

/** Far above what a busy but healthy process shows; beyond it, answering some is better than answering nobody in time. */
const EVENT_LOOP_DELAY_MAX_MS = 2_000;

/** Sheds load while the event loop cannot keep up. */
export async function registerPressure(app: App): Promise<void> {
  await app.register(underPressure, {
    maxEventLoopDelay: EVENT_LOOP_DELAY_MAX_MS,
    pressureHandler: () => {
      throw new PinataError('OVERLOADED');
    },
  });
}
