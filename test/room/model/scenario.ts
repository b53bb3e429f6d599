import { openRoom, type Person, person } from '../../fixtures/rooms'
import { type Name, names } from './room-model'
import { Doors } from './transports'

/** A real room, and who does things in it. */
export interface Stage {
  cast: Record<Name, Person>
  nameOf: (id: string) => Name
  stub: Awaited<ReturnType<typeof openRoom>>['stub']
  doors: Doors
  /** When the messages with these seqs were written. */
  times: Map<number, string>
}

export async function stage(): Promise<Stage> {
  const { ana, bo, cy, room, stub } = await openRoom()
  const cast = { ana, bo, cy, di: await person('Di') }
  const nameOf = (id: string) => names.find((name) => cast[name].id === id) as Name
  return { cast, nameOf, stub, doors: new Doors(cast, room.id), times: new Map() }
}
