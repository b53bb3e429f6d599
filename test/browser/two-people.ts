import type { Browser } from 'playwright-core'
import { type Service, start } from '../proof/service.ts'
import { Person } from './person.ts'

/** A service of its own, where Ana has made a room that Bo joined. */
export interface TwoPeople {
  service: Service
  ana: Person
  bo: Person
  roomId: string
}

/** Starts it; `settings` are variables beside those of the configuration. */
export async function twoPeople(
  browser: Browser,
  settings: Record<string, string> = {},
): Promise<TwoPeople> {
  const service = await start(settings)
  const ana = await Person.at(browser, service.url, 'Ana López')
  const bo = await Person.at(browser, service.url, 'Bo Jensen')
  await ana.signUp('ana.lopez')
  const roomId = await ana.makeRoom('Harbour crew')
  await bo.signUp('bo.jensen')
  await bo.join('Harbour crew')
  return { service, ana, bo, roomId }
}
