/** A thread that takes part in reading flat arrays; see number-blocks.ts. */
import {parentPort} from 'node:worker_threads'
import {type BlockJob, runBlocks} from './number-blocks.ts'

parentPort?.on('message', (job: BlockJob) => runBlocks(job))
