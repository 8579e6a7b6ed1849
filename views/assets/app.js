import { pickDevices } from './editor.js'
import { guardForms } from './forms.js'
import { followEvents } from './live.js'
import { moveInMatrices } from './matrix.js'
import { followReviewKeys } from './review.js'

guardForms(document)
pickDevices(document)
moveInMatrices(document)
followReviewKeys(document)
followEvents(document)
