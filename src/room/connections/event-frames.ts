import type { Event } from '../../schemas/events'

// Keeps the largest frame near a megabyte; only a burst of long messages needs more than one.
const EVENTS_PER_FRAME = 256

/** Splits events into frames of bounded size. */
export function* eventFrames(events: Event[]): Generator<{ events: Event[] }> {
  for (let start = 0; start < events.length; start += EVENTS_PER_FRAME) {
    yield { events: events.slice(start, start + EVENTS_PER_FRAME) }
  }
}
