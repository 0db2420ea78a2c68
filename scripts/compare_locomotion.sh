#!/usr/bin/env bash
# One fixed set of walked episodes for a task, and every method on it: errors of 1, 5 and 20 steps, swap test, returns.
# Needs the task's model (scripts/train_locomotion.sh TASK). Stopped at any time, the same command goes on where it was.
# scripts/compare_locomotion.sh TASK        e.g. cheetah-cripple; METHODS, SEEDS, WORKERS, EPISODES (of returns), RETURNS
# (methods that walk; all), PLANNER (of returns; cem), UPDATES, SHARE (per cent of the walked episodes below), OPTIONS (more
# of train dynamics) and NAME (of what is learned with them: runs/fixed-TASK-NAME) from the environment
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export OMP_NUM_THREADS=1
bin="${VENV:-.venv}/bin"
task=${1:?"which task? e.g. scripts/compare_locomotion.sh cheetah-cripple"}
robot=${task%%-*} terrain=${task#*-} workers=${WORKERS:-2} share=${SHARE:-100}
huber=0.3
[ "$robot" = cheetah ] || huber=0 # as train locomotion takes it
fixed="runs/fixed-$task${NAME:+-$NAME}"
model="runs/locomotion-$task-hyperdynamics-0/model"
[ -d "$model" ] || model="models/$task"
methods=${METHODS:-"hyperdynamics global global-large direct recurrent told-large hyperdynamics-told"}

walked() { # FOLDER SPLIT EPISODES SEED PLANNER MODEL
    "$bin/hyperdynamics" collect locomotion --robot "$robot" --terrain "$terrain" --model "$6" --planner "$5" \
        --split "$2" --seed "$4" --episodes "$(($3 * share / 100))" --exploration 0.1 --out "data/$task-$1" --workers "$workers"
}

# Real locomotion of more than one method, with both planners: the task's own model, and a blind one that learned from it.
walked own-cem seen 120 100 cem "$model"
walked own-shooting seen 60 101 random_shooting "$model"
walked own-novel novel 40 102 cem "$model"
"$bin/hyperdynamics" train dynamics --data "data/$task-own-cem" "data/$task-own-shooting" --methods global --seeds 0 \
    --fit.updates "$((${UPDATES:-20000} * 3 / 4))" --out "runs/fixed-$task-walker"
blind="runs/fixed-$task-walker/global/seed-0/model"
walked blind-cem seen 80 103 cem "$blind"
walked blind-novel novel 30 104 cem "$blind"

# shellcheck disable=SC2086 # lists
"$bin/hyperdynamics" train dynamics --data "data/$task-own-cem" "data/$task-own-shooting" "data/$task-blind-cem" \
    --novel "data/$task-own-novel" "data/$task-blind-novel" --methods $methods --seeds ${SEEDS:-0 1 2} \
    --fit.updates "${UPDATES:-20000}" --fit.dynamics.windows.windows 32 --fit.dynamics.windows.targets 16 \
    --fit.dynamics.learning-rate 2e-3 --fit.dynamics.huber "$huber" --fit.dynamics.weight-decay 0.1 \
    ${OPTIONS:-} --out "$fixed" --json "$fixed.json"

# The same planner with each of them: does it walk better, too?
planner=${PLANNER:-cem}
for method in ${RETURNS-$methods}; do
    case $method in told* | *-told) continue ;; esac
    for split in seen novel; do
        for seed in ${SEEDS:-0 1 2}; do
            out="$fixed-$method-$seed-$split-$planner" # another planner's returns are not these
            [ -f "$out.json" ] || "$bin/hyperdynamics" evaluate locomotion --robot "$robot" --terrain "$terrain" \
                --model "$fixed/$method/seed-$seed/model" --planner "$planner" --split "$split" \
                --episodes "${EPISODES:-20}" --workers "$workers" --json "$out.json"
        done
    done
done
