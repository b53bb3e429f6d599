import type { Me } from '../../../client/protocol'
import { DeleteAccount } from './delete-account'
import { ExportData } from './export-data'

/** What the service holds of the user. */
export function Data({ me }: { me: Me }) {
  return (
    <>
      <ExportData />
      <DeleteAccount me={me} />
    </>
  )
}
