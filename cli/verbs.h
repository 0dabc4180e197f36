// The verbs, one file each.
#pragma once
#include <pfm/cli/arguments.h>

namespace pfm {

const std::vector<Verb>& verbs();
const Verb& verb_named(const std::string& name);  // Error (usage): unknown, with the nearest one

// The verb of that name that says what it will take, where its own would run. Error (usage): it has no plan.
Verb planned(const std::string& name);

// Each returns the exit code.
int convert(const Arguments& arguments);
int embed(const Arguments& arguments);
int eval(const Arguments& arguments);
int export_data(const Arguments& arguments);
int generate(const Arguments& arguments);
int help(const Arguments& arguments);
int import_model(const Arguments& arguments);
int info(const Arguments& arguments);
int methods(const Arguments& arguments);
int nearest(const Arguments& arguments);
int plan(const Arguments& arguments);
int pretrain(const Arguments& arguments);
int report(const Arguments& arguments);
int run(const Arguments& arguments);
int sample(const Arguments& arguments);
int synth(const Arguments& arguments);
int validate(const Arguments& arguments);
int walk(const Arguments& arguments);

}  // namespace pfm
