import { createScenario, type Scenario } from '../../fixtures/scenario'
import { createUser, type User } from '../../fixtures/users'
import { type Name, names } from './room-model'
import { Transports } from './transports'

/** A real room, and who does things in it. */
export interface ModelScenario {
  cast: Record<Name, User>
  nameOf: (id: string) => Name
  stub: Scenario['stub']
  transports: Transports
  /** When the messages with these seqs were written. */
  times: Map<number, string>
}

export async function createModelScenario(): Promise<ModelScenario> {
  const { ana, bo, cy, room, stub } = await createScenario()
  const cast = { ana, bo, cy, di: await createUser('Di') }
  const nameOf = (id: string) => names.find((name) => cast[name].id === id) as Name
  return { cast, nameOf, stub, transports: new Transports(cast, room.id), times: new Map() }
}
