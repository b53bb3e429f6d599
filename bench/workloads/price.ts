// USD a million, as published for Workers Paid beyond what the plan includes; bench/README.md has the formula.
const ROOM_ROWS = 1
const DIRECTORY_ROWS = 1
const REQUESTS = 0.15
const GIGABYTE_SECONDS = 12.5
const GIGABYTES = 0.128

/** Frames that clients send: so many are charged as one request of a Durable Object. */
export const FRAMES_PER_REQUEST = 20

interface PerMessage {
  rows: number
  directoryRows: number
  /** Of Durable Objects: frames, posts over HTTP and calls of inboxes. */
  requests: number
  /** In which the room is awake. */
  seconds: number
}

export const priceOfAMillion = ({ rows, directoryRows, requests, seconds }: PerMessage): number =>
  rows * ROOM_ROWS +
  directoryRows * DIRECTORY_ROWS +
  requests * REQUESTS +
  seconds * GIGABYTES * GIGABYTE_SECONDS
