#!/usr/bin/env bash
# Random pushes recorded through the node graph against as many collected without it: does the same come of learning?
# Stopped at any time, the same command goes on where it was; about half an hour of one core.
# scripts/compare_recorded.sh        PUSHES, SEEDS, STEPS and TESTS from the environment; figures in runs/recorded/*.json
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export OMP_NUM_THREADS=1
python="${VENV:-.venv}/bin/python"
pushes=${PUSHES:-600} steps=${STEPS:-3000} seeds=${SEEDS:-0 1 2} tests=${TESTS:-300}
data=data/recorded runs=runs/recorded
variation=${VARIATION:-paper}
mkdir -p "$data" "$runs"

hyperdynamics() { "$python" -m hyperdynamics_cli.main "$@"; }

# Recorded: the graph pushes in lockstep, three episodes a system, and the recorder listens.
if [ ! -f "$data/set/dataset.json" ]; then
    if [ ! -f "$data/bag/metadata.yaml" ]; then
        rm -rf "$data/bag"
        hyperdynamics launch push "explore:=$pushes" repeat:=3 region:=0.15 split:=seen "variation:=$variation" seed:=100 \
            record:=true "bag:=$data/bag"
    fi
    rm -rf "$data/set"
    hyperdynamics dataset from-bag "$data/bag" --robot arm --physics kuka --out "$data/set" --json "$runs/from-bag.json"
fi

# Collected without ROS: as many, twice, since two draws of so few systems differ by themselves; and what all are tested on.
for seed in 100 101; do
    hyperdynamics collect push --out "$data/collected-$seed" --trajectories "$((pushes / 5))" --variation "$variation" \
        --split seen --seed "$seed"
done
hyperdynamics collect push --out "$data/test" --trajectories "$tests" --variation "$variation" --split seen --seed 1000
[ -d "$data/crops" ] || hyperdynamics collect crops seen --crops 48 --out "$data/crops"

learned() { # NAME DATA CROPS
    models=()
    for seed in $seeds; do
        models+=("$runs/$1-$seed/model")
        hyperdynamics train push --data "$2" --crops "$3" --perception models/push-perception --steps "$steps" \
            --seed "$seed" --out "$runs/$1-$seed"
    done
    [ -f "$runs/$1.json" ] || hyperdynamics evaluate push --data "$data/test" --split seen --model "${models[@]}" \
        --json "$runs/$1.json"
}

learned recorded "$data/set" "$data/set/crops"
learned collected-100 "$data/collected-100" "$data/crops"
learned collected-101 "$data/collected-101" "$data/crops"
learned recorded-rendered-crops "$data/set" "$data/crops"
