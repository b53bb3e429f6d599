import type { Me } from '../../../client/protocol'
import { DeleteAccount } from './delete-account'

/** What the service holds of the user. */
export function Data({ me }: { me: Me }) {
  return <DeleteAccount me={me} />
}
