import { createScenario, type Scenario } from '../../fixtures/scenario'
import { createUser, type User } from '../../fixtures/users'
import { type Name, names } from './room-model'
import { Doors } from './transports'

/** A real room, and who does things in it. */
export interface Stage {
  cast: Record<Name, User>
  nameOf: (id: string) => Name
  stub: Scenario['stub']
  doors: Doors
  /** When the messages with these seqs were written. */
  times: Map<number, string>
}

export async function stage(): Promise<Stage> {
  const { ana, bo, cy, room, stub } = await createScenario()
  const cast = { ana, bo, cy, di: await createUser('Di') }
  const nameOf = (id: string) => names.find((name) => cast[name].id === id) as Name
  return { cast, nameOf, stub, doors: new Doors(cast, room.id), times: new Map() }
}
