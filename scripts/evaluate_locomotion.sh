#!/usr/bin/env bash
# Table 3 for trained walkers: returns of 500-step episodes on seen and novel values, with random shooting (ours, which
# holds each action for four steps, and the paper's plain one) and with CEM. Stopped at any time, it goes on where it was.
# scripts/evaluate_locomotion.sh [TASK...]   e.g. ant-pier; EPISODES, PLANNERS, WORKERS, and KIND (models/TASK-KIND instead of
# models/TASK, e.g. low-rank) from the environment
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export OMP_NUM_THREADS=1
bin="${VENV:-.venv}/bin"
tasks=${*:-"cheetah-slope cheetah-pier ant-slope ant-pier"}

mkdir -p runs/returns
for task in $tasks; do
    name="$task${KIND:+-$KIND}"
    for split in seen novel; do
        for planner in ${PLANNERS:-random_shooting cem plain}; do
            settings=(--planner "$planner")
            [ "$planner" != plain ] || settings=(--planner random_shooting --planning.hold 1 --planning.limit 1)
            out="runs/returns/$name-$split-$planner"
            "$bin/hyperdynamics" evaluate locomotion --robot "${task%%-*}" --terrain "${task#*-}" --model "models/$name" \
                --split "$split" --episodes "${EPISODES:-100}" --workers "${WORKERS:-2}" "${settings[@]}" \
                --episodes-file "$out.jsonl" --json "$out.json"
        done
    done
done
