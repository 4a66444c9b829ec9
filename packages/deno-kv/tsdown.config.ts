import { library } from '../../config/tsdown.ts'

export default library('src/index.ts')
