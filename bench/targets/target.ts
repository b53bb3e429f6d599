import type { Frames } from '../clients/frames'
import type { Server } from '../runtime/server'
import type { Dialect, RoomAddress } from './dialect'

export interface Room extends RoomAddress {
  dialect: Dialect
  frames: Frames
}

/** One of the two that are compared: a Worker that runs, and how to speak to it. */
export interface Target {
  dialect: Dialect
  server: Server
  /** Makes a room with members. */
  room(members: number): Promise<Room>
}
