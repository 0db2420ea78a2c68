#!/usr/bin/env bash
# Do methods that learned from the very same walks walk equally well? All episodes that one on-policy run has collected, every
# method fitted to them with 3 seeds and the loss of such runs, then returns with the same planners and episodes.
# Needs a run of train locomotion. Stopped at any time, the same command goes on where it was.
# scripts/compare_returns.sh TASK RUN    e.g. ant-slope runs/ant-slope-open-loop; METHODS, SEEDS, UPDATES, PLANNERS, EPISODES
# (of each split, planner and training seed), EPISODE_SEED and WORKERS from the environment
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export OMP_NUM_THREADS=1
bin="${VENV:-.venv}/bin"
task=${1:?"which task? e.g. scripts/compare_returns.sh ant-slope runs/ant-slope-open-loop"}
run=${2:?"which run of train locomotion? e.g. scripts/compare_returns.sh ant-slope runs/ant-slope-open-loop"}
robot=${task%%-*} terrain=${task#*-} workers=${WORKERS:-2} seeds=${SEEDS:-0 1 2}
methods=${METHODS:-"hyperdynamics recurrent global global-large"}
huber=0.3
[ "$robot" = cheetah ] || huber=0 # as train locomotion takes it
data="data/$task-of-$(basename "$run")" learned="runs/returns-$(basename "$run")" # of each run its own

if [ ! -d "$data" ]; then # whole or not at all: half of it would be taken for the set by the next call
    rm -rf "$data.unfinished"
    "$bin/hyperdynamics" dataset from-run "$run" --out "$data.unfinished"
    mv "$data.unfinished" "$data"
fi
# A patience as long as the training: the rate falls to zero at its end, and what was best on held-out walks is kept.
# shellcheck disable=SC2086 # lists
"$bin/hyperdynamics" train dynamics --data "$data" --methods $methods --seeds $seeds --test 0.05 --validation 0.05 \
    --fit.updates "${UPDATES:-25000}" --fit.patience "${UPDATES:-25000}" --fit.dynamics.windows.windows 32 \
    --fit.dynamics.windows.targets 16 --fit.dynamics.learning-rate 2e-3 --fit.dynamics.huber "$huber" \
    --fit.dynamics.weight-decay 0.1 --fit.validate-every 1000 --out "$learned" --json "$learned.json"

for seed in $seeds; do
    for method in $methods; do
        for planner in ${PLANNERS:-random_shooting cem}; do
            for split in seen novel; do
                out="$learned/$method-$seed-$split-$planner"
                [ -f "$out.json" ] || "$bin/hyperdynamics" evaluate locomotion --robot "$robot" --terrain "$terrain" \
                    --model "$learned/$method/seed-$seed/model" --planner "$planner" --split "$split" \
                    --seed "${EPISODE_SEED:-7}" --episodes "${EPISODES:-24}" --workers "$workers" \
                    --episodes-file "$out.jsonl" --json "$out.json"
            done
        done
    done
done
