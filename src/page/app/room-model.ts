import type { useRoom } from '../../client/react/chatroom-react'
import type { Route } from './routes'

export type RoomRoute = Extract<Route, { view: 'room' }>

/** A room, and what can be done there. */
export type RoomModel = ReturnType<typeof useRoom>
