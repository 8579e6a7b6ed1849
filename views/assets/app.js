import { guardForms } from './forms.js'
import { followEvents } from './live.js'
import { moveInMatrices } from './matrix.js'

guardForms(document)
moveInMatrices(document)
followEvents(document)
