import {runAsProgram} from './cli/program.js'; runAsProgram()
